import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writeAtomically } from './atomic-file.ts';
import { isMissing } from './fs-failure.ts';
import { Lane } from './lane.ts';

const settingsSchema = z.object({
  serverUrl: z.string().nullable().catch(null).default(null),
  bounds: z
    .object({
      x: z.number().int(),
      y: z.number().int(),
      width: z.number().int(),
      height: z.number().int(),
      maximized: z.boolean(),
    })
    .nullable()
    .catch(null)
    .default(null),
});
export type SettingsValues = z.infer<typeof settingsSchema>;
export type WindowBounds = NonNullable<SettingsValues['bounds']>;

export type Settings = {
  get: () => SettingsValues;
  change: (part: Partial<SettingsValues>) => Promise<void>;
};

/** Conveniences only, nothing of a person's work: a file that cannot be understood starts afresh. */
async function read(path: string): Promise<SettingsValues> {
  try {
    return settingsSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    if (!isMissing(cause)) console.warn(`The settings in ${path} cannot be read; starting with none.`);
    return settingsSchema.parse({});
  }
}

/** The window's place and the server's address, kept over restarts. */
export async function openSettings(path: string): Promise<Settings> {
  let values = await read(path);
  const lane = new Lane();
  return {
    get: () => values,
    change: (part) => {
      values = { ...values, ...part };
      const text = JSON.stringify(values, null, 2);
      return lane.run(() => writeAtomically(path, Buffer.from(text)));
    },
  };
}
