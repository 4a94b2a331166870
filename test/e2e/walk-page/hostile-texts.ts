import type { Pair } from './faults.ts';

/** Texts made to break a layout: each stands once left and once right, beside an ordinary answer. */
const ordinary = 'Potassium is 5.8 mmol/L and rising.\n\n- Repeat it today.\n- Stop spironolactone.';
const repeat = (text: string, length: number) =>
  text.repeat(Math.ceil(length / text.length)).slice(0, length);
const rows = (count: number, row: string) => `| Day | K | Note |\n|---|---|---|\n${`${row}\n`.repeat(count)}`;

export const hostileTexts: Record<string, string> = {
  'an unbroken word': repeat('pneumonoultramicroscopic', 20_000),
  'an unbroken address': `https://a.example/${repeat('path', 5000)}`,
  'a link with a long name': `[${repeat('name', 4000)}](https://a.example)`,
  'a table with 400 rows': rows(400, '| 1 | 5.8 | repeat the sample and look at the curve |'),
  'a table with 80 columns': `${'| column '.repeat(80)}|\n${'|---'.repeat(80)}|\n${'| 5.8 mmol/L '.repeat(80)}|`,
  'a table with an unbroken cell': rows(3, `| 1 | ${repeat('x', 5000)} | stop |`),
  'code with long lines': `\`\`\`\n${repeat('0123456789', 9000)}\n${repeat('a b ', 100)}\n\`\`\``,
  'code that is wide': `\`\`\`\n${repeat('const a = 1; ', 150)}\n\`\`\``,
  'inline code without blanks': `Use \`${repeat('f(x)', 3000)}\` now`,
  'a heading without blanks': `# ${repeat('Heading', 3000)}`,
  'a list in a list in a list': Array.from(
    { length: 60 },
    (_, at) => `${' '.repeat(at * 2)}- level ${at}`,
  ).join('\n'),
  'a thousand quotes': `${'>'.repeat(1000)} inside`,
  'emphasis a thousand deep': `${'*a '.repeat(1000)}inside${' b*'.repeat(1000)}`,
  'open brackets': `${'['.repeat(20_000)} inside`,
  'a formula without blanks': `$$${repeat('x_{1}^2', 4000)}$$`,
  'right-to-left with a table': `يجب إيقاف الدواء الآن.\n\n- غلوكونات\n  - الكالسيوم 10 mL\n\n| دواء | جرعة |\n|---|---|\n| غلوكونات | 10 mL |\n\n\`\`\`\nx = 5;\n\`\`\``,
  'Chinese without blanks': repeat('血钾五点八毫摩尔每升，应立即停用螺内酯并复查。', 12_000),
  'Thai without blanks': repeat('โพแทสเซียมสูงควรหยุดยาทันที', 6000),
  'marks that turn a dose around': `give \u202e52\u202c mg ${'pot\u200bassium '.repeat(600)}`,
  'combining marks': `a${'\u0301'.repeat(2000)} b`,
  'wide letters': repeat('﷽𒐫', 3000),
  'no-break spaces': repeat('word\u00a0', 20_000),
  'an image in data': `![scan](data:image/png;base64,${repeat('A', 200_000)})`,
  'HTML that wants to act':
    '<img src=x onerror=alert(1)><script>alert(1)</script><style>*{width:9999px}</style><base href=//x>\n\n<table width=9999><tr><td>cell</table>\n\n<svg onload=alert(1)>\n\n[a](javascript:alert(1)) ![b](javascript:alert(1)) <javascript:alert(1)>',
  '100 KB of paragraphs': `${repeat('Stop spironolactone and repeat the potassium today. ', 600)}\n\n`.repeat(
    170,
  ),
  '100 KB of lists': '- **Potassium**: repeat it *today*, and `stop` the drug.\n'.repeat(1900),
  '100 KB in one line': repeat('Stop spironolactone and repeat the potassium today. ', 100_000),
  'damaged characters': 'Creatinine 90 \ufffdmol, cafÃ© 37 Â°C donâ€™t \u0000 \u0080',
};

export const hostilePairs: Pair[] = Object.entries(hostileTexts).flatMap(([id, text]) => [
  { id: `${id}, left`, a: text, b: ordinary },
  { id: `${id}, right`, a: ordinary, b: text },
]);
