import { choose, usePreference } from '../../ui/preferences.ts';
import { SettingLine, SwitchLine } from './setting-line.tsx';

const paces = [
  { value: 'shown', label: 'Shown' },
  { value: 'hidden', label: 'Hidden' },
] as const;

export function WorkSettings() {
  const pace = usePreference('pace');
  return (
    <>
      <SwitchLine
        label="Go on after submitting"
        hint="Off: the submitted case stays, with Next case in focus"
        on={usePreference('autoAdvance')}
        onChange={(autoAdvance) => choose({ autoAdvance })}
      />
      <SwitchLine
        label="Scroll both answers together"
        hint="The same as the link between the answers"
        on={usePreference('linked')}
        onChange={(linked) => choose({ linked })}
      />
      <SettingLine
        label="Pace"
        hint="Your usual time per case, for yourself only"
        options={paces}
        value={pace}
        onChange={(value) => choose({ pace: value })}
      />
    </>
  );
}
