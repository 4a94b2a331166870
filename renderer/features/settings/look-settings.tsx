import { type Look, textSizes } from '../../ui/look.ts';
import { choose, usePreference } from '../../ui/preferences.ts';
import { SettingLine } from './setting-line.tsx';
import classes from './settings.module.css';

const sizes = textSizes.map((value) => ({ value, label: `${value} %` }));
const densities = [
  { value: 'comfortable', label: 'Comfortable' },
  { value: 'compact', label: 'Compact' },
] as const satisfies readonly { value: Look['density']; label: string }[];
const themes = [
  { value: 'auto', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const satisfies readonly { value: Look['theme']; label: string }[];
const contrasts = [
  { value: 'auto', label: 'System' },
  { value: 'more', label: 'High' },
] as const satisfies readonly { value: Look['contrast']; label: string }[];
const motions = [
  { value: 'auto', label: 'System' },
  { value: 'reduce', label: 'Reduced' },
] as const satisfies readonly { value: Look['motion']; label: string }[];

export function LookSettings() {
  return (
    <>
      <Sample />
      <SettingLine
        label="Text size"
        hint="Of answers and context; the rest keeps its size"
        options={sizes}
        value={usePreference('textSize')}
        onChange={(textSize) => choose({ textSize })}
      />
      <SettingLine
        label="Density"
        hint="How closely controls stand"
        options={densities}
        value={usePreference('density')}
        onChange={(density) => choose({ density })}
      />
      <SettingLine
        label="Theme"
        options={themes}
        value={usePreference('theme')}
        onChange={(theme) => choose({ theme })}
      />
      <SettingLine
        label="Contrast"
        hint="High contrast, in light and in dark"
        options={contrasts}
        value={usePreference('contrast')}
        onChange={(contrast) => choose({ contrast })}
      />
      <SettingLine
        label="Motion"
        hint="Reduced: nothing fades or slides"
        options={motions}
        value={usePreference('motion')}
        onChange={(motion) => choose({ motion })}
      />
    </>
  );
}

/** The choices at work, of a fixed height so that choosing moves nothing. */
function Sample() {
  return (
    <section className={classes.sample} aria-label="Sample">
      <p className={classes.reading}>
        Potassium rose from 4.5 to <mark className={classes.mark}>5.8 mmol/l</mark> in two weeks: hold the
        second agent, and repeat the blood test within three days.
      </p>
      <p className={classes.sampleRow}>
        <span className={classes.pill}>A better</span>
        <span className={classes.pill} data-chosen>
          equal
        </span>
        <span className={classes.pill}>B better</span>
        <span className={classes.warn}>1 flag</span>
      </p>
    </section>
  );
}
