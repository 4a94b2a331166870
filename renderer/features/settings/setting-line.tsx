import type { ReactNode } from 'react';
import { Segmented, type SegmentedOption } from '../../ui/segmented.tsx';
import classes from './settings.module.css';

type Props<T> = {
  label: string;
  /** One line on what the choice means, where its name does not say it. */
  hint?: ReactNode;
  options: readonly SegmentedOption<T>[];
  value: T;
  onChange: (value: T) => void;
};

/** One setting: its name, what it means, and its choices. */
export function SettingLine<T extends string | number>({ label, hint, ...bar }: Props<T>) {
  return (
    <div className={classes.setting}>
      <div>
        <p className={classes.name}>{label}</p>
        {hint ? <p className={classes.hint}>{hint}</p> : null}
      </div>
      <Segmented label={label} {...bar} />
    </div>
  );
}

const onOff = [
  { value: 'on', label: 'On' },
  { value: 'off', label: 'Off' },
] as const;

type SwitchProps = { label: string; hint?: ReactNode; on: boolean; onChange: (on: boolean) => void };

export function SwitchLine({ on, onChange, ...line }: SwitchProps) {
  return (
    <SettingLine
      {...line}
      options={onOff}
      value={on ? 'on' : 'off'}
      onChange={(value) => onChange(value === 'on')}
    />
  );
}
