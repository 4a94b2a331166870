import { useIdleLimit } from '../../data/access.ts';
import { choose, usePreference } from '../../ui/preferences.ts';
import { SettingLine, SwitchLine } from './setting-line.tsx';

const paces = [
  { value: 'shown', label: 'Shown' },
  { value: 'hidden', label: 'Hidden' },
] as const;

const minuteChoices = [2, 5, 10, 15, 30, 60] as const;

/** Only shorter times than the site's: a physician may be more careful, never less. */
function idleOptions(site: number) {
  const shorter = minuteChoices.filter((minutes) => minutes < site);
  return [...shorter, site].map((minutes) => ({ value: minutes, label: `${minutes} min` }));
}

export function WorkSettings() {
  const pace = usePreference('pace');
  const site = useIdleLimit((limit) => limit.minutes);
  const own = usePreference('idleMinutes');
  const options = idleOptions(site);
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
      <SettingLine
        label="Lock without input"
        hint={`Your site says ${site} minutes at most; your work stays where it is`}
        options={options}
        value={options.some(({ value }) => value === own) ? (own ?? site) : site}
        onChange={(value) => choose({ idleMinutes: value === site ? null : value })}
      />
    </>
  );
}
