const key = 'second-opinion.last-email';

/** The address used last on this laptop: a convenience that may be missing, never a secret. */
export function loadLastEmail(): string {
  try {
    return localStorage.getItem(key) ?? '';
  } catch {
    return '';
  }
}

export function saveLastEmail(email: string): void {
  try {
    localStorage.setItem(key, email);
  } catch {
    // A browser that keeps nothing: the address is typed again.
  }
}

/** Nothing on this laptop names the person any more. */
export function forgetLastEmail(): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // A browser that keeps nothing.
  }
}
