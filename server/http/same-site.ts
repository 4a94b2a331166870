import type { FastifyRequest } from 'fastify';
import { AppError } from '../../shared/errors.ts';

/** Names a browser on this machine may use for a server bound to loopback. */
const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]']);

export type SameSiteOptions = {
  /** The address people use when it is not the loopback one, such as https://review.example.org. */
  publicUrl: string | null;
  /** One more origin whose pages may write, for a page served by a development server. */
  trustedOrigin: string | null;
};

/** Header that only our own scripts send with a cookie; a foreign page cannot add it without a preflight. */
export const writeHeader = 'x-second-opinion';

function nameOf(host: string): string | null {
  try {
    return new URL(`http://${host}`).hostname;
  } catch {
    return null;
  }
}

/**
 * Refuses a request under a foreign host name: a page elsewhere could otherwise point its own name at
 * this machine and read replies as its own (DNS rebinding).
 */
export function checkHost(request: FastifyRequest, { publicUrl }: SameSiteOptions): void {
  const name = nameOf(request.headers.host ?? '');
  if (name !== null && loopbackNames.has(name)) return;
  if (publicUrl !== null && name === new URL(publicUrl).hostname) return;
  throw new AppError('forbidden', {
    message: publicUrl
      ? `This server does not answer under that name. Open ${publicUrl} instead.`
      : 'This server does not answer under that name. Open http://127.0.0.1 with its port, or set PUBLIC_URL.',
  });
}

const isRead = (request: FastifyRequest): boolean => ['GET', 'HEAD', 'OPTIONS'].includes(request.method);

function isSameOrigin(request: FastifyRequest, options: SameSiteOptions): boolean {
  const { origin } = request.headers;
  if (origin === undefined) return true;
  const own = [`http://${request.headers.host}`, options.trustedOrigin];
  if (options.publicUrl !== null) own.push(new URL(options.publicUrl).origin);
  return own.includes(origin);
}

const foreignPage = () =>
  new AppError('forbidden', {
    message: 'This request did not come from a page of this server. Reload Second Opinion and try again.',
  });

/** Refuses writes that a foreign page sent with a browser; a bearer token is never sent by itself. */
export function checkOrigin(request: FastifyRequest, options: SameSiteOptions): void {
  if (isRead(request) || request.headers.authorization !== undefined) return;
  if (!isSameOrigin(request, options)) throw foreignPage();
}

/** Refuses a write that rides on a cookie without the header our own scripts add. */
export function checkWriteHeader(request: FastifyRequest): void {
  if (!isRead(request) && request.headers[writeHeader] !== '1') throw foreignPage();
}
