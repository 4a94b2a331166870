import { IconAlertTriangle, IconCheck, IconHelp } from '@tabler/icons-react';
import classes from './allergy-list.module.css';
import { FixedSection } from './context-section.tsx';

export type AllergyShape = {
  substance: string;
  reaction?: string | undefined;
  severity?: string | undefined;
};

type Props = { allergies: readonly AllergyShape[]; none: boolean };

/** Allergies, or which kind of none: known to be none, or nobody wrote them down. It never folds. */
export function AllergyList({ allergies, none }: Props) {
  return (
    <FixedSection part="allergies" title="Allergies">
      {allergies.length === 0 ? (
        <NoAllergies none={none} />
      ) : (
        <ul className={classes.list}>
          {allergies.map((allergy, index) => (
            <Allergy key={allergy.substance + String(index)} allergy={allergy} />
          ))}
        </ul>
      )}
    </FixedSection>
  );
}

function Allergy({ allergy: { substance, reaction, severity } }: { allergy: AllergyShape }) {
  return (
    <li className={classes.allergy} data-severity={severity}>
      <IconAlertTriangle className={classes.icon} size={15} stroke={2} aria-hidden="true" />
      <span dir="auto">
        <strong className={classes.substance}>{substance}</strong>
        {reaction ? `: ${reaction}` : <span className={classes.soft}>, reaction not recorded</span>}
      </span>
      {severity ? <span className={classes.severity}>{severity}</span> : null}
    </li>
  );
}

function NoAllergies({ none }: { none: boolean }) {
  const Icon = none ? IconCheck : IconHelp;
  return (
    <p className={none ? classes.none : classes.unknown}>
      <Icon className={classes.icon} size={15} stroke={2} aria-hidden="true" />
      {none ? 'No known allergies' : 'Allergies not recorded'}
    </p>
  );
}
