import { createHash, randomBytes } from 'node:crypto';

/** An opaque secret of 256 random bits, as it travels in a link, a cookie or a header. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** What the database keeps of a token. Its entropy makes a slow hash pointless. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');
