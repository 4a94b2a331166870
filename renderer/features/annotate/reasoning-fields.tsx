import type { KeyboardEvent } from 'react';
import { preferencePlace, type ReasoningPart, reasoningPlace } from './annotation-edit.ts';
import { useBody, useCase, useCaseState } from './case-context.ts';
import { CommandKey } from './command-key.tsx';
import { focusPlace } from './focus-place.ts';
import classes from './reasoning-fields.module.css';

const fields: readonly { part: ReasoningPart; label: string; hint: string }[] = [
  { part: 'evidence', label: 'Evidence', hint: 'Evidence you considered' },
  { part: 'alternatives', label: 'Alternatives', hint: 'Alternatives you weighed' },
  { part: 'conclusion', label: 'Conclusion', hint: 'Conclusion: why you judge so' },
];

const maxLength = 20_000;
/** From here on the field says how much room is left, characters. */
const tellRoomBelow = 1000;

/** The reasoning trace: three lines that grow over the panel while they are written in, moving nothing. */
export function ReasoningFields() {
  return (
    <div className={classes.fields} data-section="reasoning">
      {fields.map((field) => (
        <ReasoningField key={field.part} {...field} />
      ))}
    </div>
  );
}

/** Escape goes on to the preference, so that single keys act again. */
function leaveOnEscape(event: KeyboardEvent<HTMLElement>) {
  if (event.key !== 'Escape') return;
  event.preventDefault();
  focusPlace(event.currentTarget.closest<HTMLElement>('[data-layer]'), preferencePlace);
}

function ReasoningField({ part, label, hint }: (typeof fields)[number]) {
  const { edit, loaded } = useCase();
  const text = useBody((body) => body.reasoning[part]);
  const readOnly = useCaseState((state) => state.readOnly);
  const required = loaded.rubric.reasoning.required && part === 'conclusion';
  const room = maxLength - text.length;
  return (
    <div className={classes.slot}>
      <textarea
        autoComplete="off"
        className={classes.text}
        data-place={reasoningPlace(part)}
        aria-label={`${label}${required ? ', required' : ''}`}
        aria-required={required || undefined}
        placeholder={required ? `${hint} (required)` : hint}
        dir="auto"
        spellCheck
        maxLength={maxLength}
        value={text}
        readOnly={readOnly}
        onChange={(event) => edit({ type: 'reasoning', part, text: event.currentTarget.value })}
        onKeyDown={leaveOnEscape}
      />
      {part === 'evidence' && text === '' ? (
        <span className={classes.key}>
          <CommandKey of="why" />
        </span>
      ) : null}
      {room < tellRoomBelow ? (
        <p className={classes.room} role="status" data-full={room === 0 || undefined}>
          {room === 0
            ? `Full: ${maxLength.toLocaleString('en-GB')} characters. Shorten it to write on.`
            : `Room for ${room.toLocaleString('en-GB')} more characters`}
        </p>
      ) : null}
    </div>
  );
}
