/** The part of a tokenizer's effects that a construct needs. */
type Effects = {
  enter: (type: string) => void;
  exit: (type: string) => void;
  consume: (code: number | null) => void;
};
type State = (code: number | null) => State | undefined;
type Tokenize = (this: unknown, effects: Effects, ok: State, nok: State) => State;

const dollar = 36;
const backslash = 92;
const closerOf: Record<number, string> = { 40: ')', 91: ']' };
const lineEnd = (code: number) => code < -2;
const blank = (code: number | null) => code === null || code < 0 || code === 32;
const digit = (code: number | null) => code !== null && code >= 48 && code <= 57;

/** A formula longer than this in running text is an unpaired sign. */
const longestFormula = 2000;
/** What only a formula has between \( and \): without one of these the signs are escaped brackets. */
const formulaSign = /[\\_^=<>*+]/;

/**
 * Formulas in running text ($...$, $$...$$, \(...\), \[...\]) stay letter for letter as they were written:
 * asterisks, underscores and backslashes within them are no Markdown.
 */
export const mathsInText = {
  text: {
    [dollar]: { name: 'mathsDollar', tokenize: tokenizeDollar as Tokenize },
    [backslash]: { name: 'mathsBracket', tokenize: tokenizeBracket as Tokenize },
  },
};

/** Writes codes as plain text, lines apart, as the tree builder expects them. */
function writer(effects: Effects) {
  let inData = false;
  const end = () => {
    if (inData) effects.exit('data');
    inData = false;
  };
  const put = (code: number) => {
    if (lineEnd(code)) {
      end();
      effects.enter('lineEnding');
      effects.consume(code);
      effects.exit('lineEnding');
      return;
    }
    if (!inData) effects.enter('data');
    inData = true;
    effects.consume(code);
  };
  return { put, end };
}

/** `$5 and $6` is money: a formula opens before a non-blank, closes after one, and no digit follows. */
function tokenizeDollar(this: unknown, effects: Effects, ok: State, nok: State): State {
  const { put, end } = writer(effects);
  let marks = 0;
  let closing = 0;
  let length = 0;
  let last: number | null = null;
  const opening: State = (code) => {
    if (code === dollar && marks < 2) {
      marks += 1;
      put(code);
      return opening;
    }
    return code === dollar || (marks === 1 && blank(code)) ? nok(code) : inside(code);
  };
  const inside: State = (code) => {
    length += 1;
    if (code === null || length > longestFormula) return nok(code);
    if (code === dollar && length > 1 && !(marks === 1 && blank(last)) && last !== backslash)
      return closer(code);
    last = code;
    put(code);
    return inside;
  };
  const closer: State = (code) => {
    if (code === dollar && closing < marks) {
      closing += 1;
      put(code);
      return closer;
    }
    if (closing < marks || (marks === 1 && digit(code))) return nok(code);
    end();
    return ok(code);
  };
  return opening;
}

function tokenizeBracket(this: unknown, effects: Effects, ok: State, nok: State): State {
  const { put, end } = writer(effects);
  let wanted = '';
  let content = '';
  const open: State = (code) => {
    if (code !== backslash) return nok(code);
    put(code);
    return bracket;
  };
  const bracket: State = (code) => {
    wanted = closerOf[code ?? 0] ?? '';
    if (wanted === '' || code === null) return nok(code);
    put(code);
    return inside;
  };
  const inside: State = (code) => {
    if (code === null || content.length > longestFormula) return nok(code);
    put(code);
    if (code === backslash) return escaped;
    content += code > 0 ? String.fromCharCode(code) : ' ';
    return inside;
  };
  const escaped: State = (code) => {
    if (code === null || lineEnd(code)) return nok(code);
    put(code);
    if (String.fromCharCode(code) !== wanted) {
      content += '\\';
      return inside;
    }
    if (!formulaSign.test(content)) return nok(code);
    end();
    return ok;
  };
  return open;
}

const blockStart = /^([ \t]{0,12})(\$\$|\\\[|\\begin\{[a-z]+\*?\})/;
const longestBlock = 60;

const blockEnd = (opening: string): RegExp => {
  if (opening === '$$') return /\$\$\s*$/;
  return opening === '\\[' ? /\\\][.,]?\s*$/ : /\\end\{[a-z]+\*?\}/;
};

/** Formulas over several lines become fenced blocks, so that a line "- b" within them is no list. */
export function fenceFormulas(lines: readonly string[]): string[] {
  const fenced: string[] = [];
  let inCode: string | null = null;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const fence = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence !== undefined && (inCode === null || fence.startsWith(inCode)))
      inCode = inCode === null ? fence : null;
    const end = inCode === null ? endOfFormula(lines, at) : null;
    if (end === null) {
      fenced.push(line);
      continue;
    }
    const indent = blockStart.exec(line)?.[1] ?? '';
    fenced.push(`${indent}\`\`\`math`, ...lines.slice(at, end + 1), `${indent}\`\`\``);
    at = end;
  }
  return fenced;
}

/** The last line of a formula that begins on this line and ends on a later one, or null. */
function endOfFormula(lines: readonly string[], at: number): number | null {
  const first = lines[at] ?? '';
  const opening = blockStart.exec(first)?.[2];
  if (opening === undefined) return null;
  const end = blockEnd(opening);
  if (end.test(first.trimStart().slice(opening.length))) return null;
  for (let next = at + 1; next < Math.min(lines.length, at + longestBlock); next++) {
    const line = lines[next] ?? '';
    if (line.trim() === '' || line.includes('```')) return null;
    if (end.test(line)) return next;
  }
  return null;
}
