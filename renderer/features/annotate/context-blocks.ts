/** A stretch of raw context and how it is set. The words themselves are never changed. */
export type ContextBlock =
  | { kind: 'paragraph'; label: string; text: string }
  | { kind: 'heading'; text: string }
  /** One turn of a talk; `voice` counts the speakers in the order they first speak. */
  | { kind: 'turn'; speaker: string; voice: number; text: string }
  /** Columns made with blanks, tabs or bars, which only equal letters keep level. */
  | { kind: 'table'; text: string };

/** Heads that charts use; only these are set off at the start of a line, so that no sentence is torn apart. */
const chartHeads = new RegExp(
  `^(?:${[
    'allerg(?:y|ies)',
    'medications?(?: list)?',
    'current medications',
    'home medications',
    'past (?:medical|surgical) history',
    '(?:family|social|medical) history',
    'history(?: of present(?:ing)? (?:illness|complaint))?',
    'chief complaint',
    'presenting complaint',
    'reason for (?:visit|admission)',
    'problems?(?: list)?',
    'diagnos(?:is|es)',
    'impression',
    'assessment(?: and plan)?',
    'plan',
    'review of systems',
    '(?:physical )?exam(?:ination)?',
    'vitals?(?: signs)?',
    'labs?',
    'laboratory(?: (?:data|results))?',
    'results',
    'imaging',
    'investigations',
    'findings',
    'subjective',
    'objective',
    'hospital course',
    'follow[- ]?up',
    'HPI|PMH|ROS|PE',
  ].join('|')})\\s*:`,
  'i',
);
const bracketSpeaker = /^\s*\[(\p{L}[\p{L}\d_ -]{0,30})\]\s*/u;
const colonSpeaker = /^\s*(\p{Lu}[\p{L}\d_ .-]{0,24}):\s+(?=\S)/u;
const aloneHead = /^\s*\p{L}[\p{L}\d ,/&()'-]{2,50}:\s*$/u;
const capitalsHead = /^(?=.*\p{Lu}{3})\s*[\p{Lu} ,/&()'-]{4,50}:?\s*$/u;

/** Reads raw context as paragraphs, heads, turns of a talk and tables in plain text. */
export function contextBlocks(source: string): ContextBlock[] {
  const lines = source.replace(/\r\n?/g, '\n').split('\n');
  const voices = voicesOf(lines);
  const blocks: ContextBlock[] = [];
  for (let at = 0; at < lines.length; ) {
    const rows = tableFrom(lines, at);
    if (rows > 0) {
      blocks.push({ kind: 'table', text: levelTabs(lines.slice(at, at + rows)) });
      at += rows;
    } else {
      addLine(blocks, lines[at] ?? '', lines[at - 1] ?? '', voices);
      at += 1;
    }
  }
  return blocks;
}

function addLine(
  blocks: ContextBlock[],
  line: string,
  before: string,
  voices: ReadonlyMap<string, number>,
): void {
  if (line.trim() === '') return;
  const spoken = speakerOf(line);
  const voice = spoken ? voices.get(spoken.speaker) : undefined;
  if (spoken && voice !== undefined)
    blocks.push({ kind: 'turn', speaker: spoken.speaker, voice, text: line.slice(spoken.length).trim() });
  else if (aloneHead.test(line) || capitalsHead.test(line))
    blocks.push({ kind: 'heading', text: line.trim() });
  else {
    const last = blocks[blocks.length - 1];
    const label = chartHeads.exec(line)?.[0] ?? '';
    const goesOn = before.trim() !== '' && label === '';
    if (goesOn && (last?.kind === 'paragraph' || last?.kind === 'turn')) last.text += `\n${line.trimEnd()}`;
    else blocks.push({ kind: 'paragraph', label, text: line.slice(label.length).trimEnd() });
  }
}

function speakerOf(line: string): { speaker: string; length: number } | null {
  const found = bracketSpeaker.exec(line) ?? (chartHeads.test(line) ? null : colonSpeaker.exec(line));
  return found ? { speaker: found[1] ?? '', length: found[0].length } : null;
}

/** Names that speak at least twice, where at least two do: anything less is not a talk. */
function voicesOf(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) {
    const speaker = speakerOf(line)?.speaker;
    if (speaker !== undefined) counts.set(speaker, (counts.get(speaker) ?? 0) + 1);
  }
  const talking = [...counts].filter(([, count]) => count >= 2).map(([speaker]) => speaker);
  if (talking.length < 2) return new Map();
  return new Map([...counts.keys()].map((speaker, index) => [speaker, index]));
}

const inColumns = (line: string) =>
  /\S\t+\S/.test(line) ||
  /\S {3,}\S/.test(line) ||
  (line.match(/\S {2,}(?=\S)/g)?.length ?? 0) >= 2 ||
  isBarred(line);
const isBarred = (line: string) => (line.match(/\|/g)?.length ?? 0) >= 2;
/** A line under a table's head. */
const isRule = (line: string) => /^[\s|+:=-]{3,}$/.test(line) && /[-=]/.test(line);

/** How many lines from here are rows of one table; one row alone is none. */
function tableFrom(lines: readonly string[], from: number): number {
  let to = from;
  while (to < lines.length && (inColumns(lines[to] ?? '') || (to > from && isRule(lines[to] ?? '')))) to += 1;
  return to - from >= 2 ? to - from : 0;
}

/** Tabs mean columns, whatever their width was where the text was written. */
function levelTabs(lines: readonly string[]): string {
  if (!lines.some((line) => line.includes('\t'))) return lines.join('\n');
  const rows = lines.map((line) => line.split(/\t+/));
  const widths: number[] = [];
  for (const cells of rows)
    cells.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  return rows
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
