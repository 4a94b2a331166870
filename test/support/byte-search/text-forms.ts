/** One way a text may stand in a file. */
export type TextForm = { form: string; bytes: Buffer };

const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();

/** The characters of base64 that only the text decides, wherever it begins within a group of three bytes. */
function base64At(bytes: Buffer, offset: 0 | 1 | 2): string {
  const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
  const start = Math.ceil((offset * 8) / 6);
  return padded.toString('base64').slice(start, Math.floor((padded.byteLength * 8) / 6));
}

const asEscapes = (text: string) =>
  [...text].map((char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`).join('');

const onlyNonAscii = (text: string) => text.replaceAll(/[^\x20-\x7e]/g, (char) => asEscapes(char));

function base64Forms(name: string, bytes: Buffer): [string, Buffer][] {
  return ([0, 1, 2] as const).flatMap((offset): [string, Buffer][] => {
    const plain = base64At(bytes, offset);
    const forUrls = plain.replaceAll('+', '-').replaceAll('/', '_');
    return [
      [`base64 of ${name} at offset ${offset}`, Buffer.from(plain)],
      [`base64url of ${name} at offset ${offset}`, Buffer.from(forUrls)],
    ];
  });
}

/** Every form that is searched for, each byte sequence once. */
export function formsOf(text: string): TextForm[] {
  const utf8 = Buffer.from(text);
  const utf16 = Buffer.from(text, 'utf16le');
  const all: [string, Buffer][] = [
    ['utf-8', utf8],
    ['utf-16le', utf16],
    ['utf-16be', utf16be(text)],
    ['latin-1', Buffer.from(text, 'latin1')],
    ['JSON string', Buffer.from(JSON.stringify(text).slice(1, -1))],
    ['JSON string in ASCII', Buffer.from(onlyNonAscii(JSON.stringify(text).slice(1, -1)))],
    ['JSON escapes', Buffer.from(asEscapes(text))],
    ['address', Buffer.from(encodeURIComponent(text))],
    ['hex', Buffer.from(utf8.toString('hex'))],
    ...base64Forms('utf-8', utf8),
    ...base64Forms('utf-16le', utf16),
  ];
  const seen = new Set<string>();
  return all.flatMap(([form, bytes]) => {
    const key = bytes.toString('latin1');
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ form, bytes }];
  });
}
