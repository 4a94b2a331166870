import { z } from 'zod';

/** A UUID that can only be passed where its own kind of thing is meant. */
const id = <const Brand extends string>(_brand: Brand) => z.uuid().brand<Brand>();

export const studyIdSchema = id('StudyId');
export const rubricIdSchema = id('RubricId');
export const guidelineIdSchema = id('GuidelineId');
export const caseIdSchema = id('CaseId');
export const responseIdSchema = id('ResponseId');
export const comparisonIdSchema = id('ComparisonId');
export const batchIdSchema = id('BatchId');
export const assignmentIdSchema = id('AssignmentId');
export const revisionIdSchema = id('RevisionId');
export const userIdSchema = id('UserId');
export const clientIdSchema = id('ClientId');

export type StudyId = z.infer<typeof studyIdSchema>;
export type RubricId = z.infer<typeof rubricIdSchema>;
export type GuidelineId = z.infer<typeof guidelineIdSchema>;
export type CaseId = z.infer<typeof caseIdSchema>;
export type ResponseId = z.infer<typeof responseIdSchema>;
export type ComparisonId = z.infer<typeof comparisonIdSchema>;
export type BatchId = z.infer<typeof batchIdSchema>;
export type AssignmentId = z.infer<typeof assignmentIdSchema>;
export type RevisionId = z.infer<typeof revisionIdSchema>;
export type UserId = z.infer<typeof userIdSchema>;
export type ClientId = z.infer<typeof clientIdSchema>;

/**
 * A UUID of version 7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then randomness.
 * @param msecs whole milliseconds since 1970
 * @param random 10 random bytes
 */
export function uuidv7(msecs: number, random: Uint8Array): string {
  const bytes = new Uint8Array(16);
  let rest = Math.max(0, Math.floor(msecs));
  for (let i = 5; i >= 0; i--) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes.set(random.subarray(0, 10), 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
