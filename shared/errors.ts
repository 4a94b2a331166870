/**
 * Every error a person or a program can meet: its HTTP status and one sentence that says what happened
 * and what to do next. Codes are stable; sentences may improve.
 */
export const errorTable = {
  'bad-request': [
    400,
    'The request is not in the form this server accepts; see the details and send it again.',
  ],
  'sign-in-failed': [401, 'The e-mail address or the password is wrong. Check both and try again.'],
  'sign-in-required': [401, 'You are not signed in. Sign in and try again.'],
  'session-expired': [401, 'Your session has ended. Sign in again; your work on this laptop is safe.'],
  'link-used': [410, 'This link was used already or has expired. Ask your lead for a new one.'],
  forbidden: [403, 'Your account may not do this. Ask an administrator if it should.'],
  'no-longer-kept': [
    410,
    'This batch is closed and no longer kept on this laptop; the server has all of your work in it. Ask your lead if you need to see it again.',
  ],
  'not-found': [404, 'There is nothing at this address, or you may not see it.'],
  'name-taken': [409, 'That name is taken. Choose another one.'],
  'already-exists': [409, 'This exists already. Open the existing one instead.'],
  'epoch-changed': [
    409,
    'The server does not know this laptop any more, or was restored. The app shakes hands again by itself; nothing is lost.',
  ],
  'body-too-large': [
    413,
    'What was sent is larger than this server takes at once. Send it in smaller parts.',
  ],
  'too-many-requests': [429, 'Too many tries in a short time. Wait a minute and try again.'],
  'import-failed': [
    422,
    'Nothing was imported. Mend the rows listed below, or choose to skip them, and import again.',
  ],
  'file-unreadable': [
    400,
    'The file cannot be read. Check its path and that it is JSON Lines, plain or gzipped.',
  ],
  'nothing-to-assign': [
    409,
    'There is nothing left to assign with these choices. Choose more physicians or another batch.',
  ],
  'too-few-physicians': [
    409,
    'There are fewer physicians than the overlap asks for. Choose more physicians or a smaller overlap.',
  ],
  'nothing-to-recall': [
    409,
    'There is nothing to take back with these choices. Read the progress of the batch again and choose anew.',
  ],
  'practice-needed': [
    409,
    'This batch opens once you have passed the practice of its study. Finish the practice first.',
  ],
  'nothing-to-return': [
    409,
    'This annotation cannot be returned: it is not the newest submission, or its batch is locked. Read the case again.',
  ],
  'invalid-rubric': [422, 'The rubric is not valid; see the details, mend it and send it again.'],
  'server-unreachable': [
    503,
    'The server cannot be reached. Your work is safe on this laptop and is sent as soon as it can be.',
  ],
  'database-unavailable': [
    503,
    'The database cannot be reached. Nothing was changed; try again in a minute.',
  ],
  'database-newer': [
    500,
    'The database was made by a newer version of Second Opinion. Start that version; nothing was changed.',
  ],
  'server-error': [
    500,
    'The server failed on this request and changed nothing. Try again; if it goes on, tell an administrator.',
  ],
  // Local, on the physician's laptop or the machine that runs the server.
  'wrong-password': [401, 'The password does not open the work on this laptop. Try again.'],
  'not-on-this-laptop': [
    401,
    'There is no work of this account on this laptop yet. Connect once to sign in for the first time.',
  ],
  'lease-over': [
    401,
    'This laptop has not met the server for too long, so it has to meet it once before it opens: connect and sign in. Your work is safe and sealed here.',
  ],
  'device-locked': [
    401,
    'This laptop was locked by an administrator. Your work is safe and sealed here; ask your administrator to unlock it.',
  ],
  'unsent-work': [
    409,
    'Some changes on this laptop have not been sent yet, so nothing was removed. Connect and let them be sent first.',
  ],
  'device-not-empty': [
    409,
    'The server does not hold everything of this laptop, so nothing may be destroyed there. Sync it again first.',
  ],
  'order-withdrawn': [
    409,
    'This order does not stand any more: it was withdrawn or replaced. Look at the device again.',
  ],
  'previous-password-needed': [
    401,
    'Your password was changed elsewhere. Enter the previous one once, so that the work on this laptop can be opened.',
  ],
  'store-unavailable': [
    500,
    'The work on this laptop cannot be opened right now; nothing was changed. Close other windows of this app and start it again.',
  ],
  'case-missing': [
    503,
    'The texts of this case cannot be read on this laptop any more; they come again at the next contact with the server. Go on with the other cases meanwhile; your answers are safe.',
  ],
  'key-unavailable': [
    500,
    'The key to the work on this laptop cannot be read. Nothing was deleted; unlock the system keyring, or tell your administrator and leave this laptop as it is.',
  ],
  'journal-unavailable': [
    500,
    'Work cannot be saved to this disk, so it is not accepted. Free some space or check the disk, then try again.',
  ],
  'store-newer': [
    409,
    'The work on this laptop was written by a newer version of the app. Install that version to go on; nothing was changed.',
  ],
  'already-open': [
    409,
    'Second Opinion is already open in another window. Go on there, or close it and try again.',
  ],
  'disk-low': [
    507,
    'This disk is nearly full, so new work is not accepted; what is saved is safe. Free some space and try again.',
  ],
  'recovery-key-unknown': [
    409,
    'This laptop has not learnt the recovery key of your site yet. Connect and sign in once, then save the emergency copy.',
  ],
  'not-the-answer': [
    401,
    'This is not the answer to the request made here, or not with this password. Open the right file, or make a new request.',
  ],
  // Emergency copies, on the machine that runs the server.
  'rescue-not-one': [
    400,
    'This is not an emergency copy of Second Opinion. Check the path; such a file ends in .rescue.',
  ],
  'rescue-format': [
    409,
    'This emergency copy was made by a newer version of the app. Update this server and try again; nothing was changed.',
  ],
  'rescue-cut': [
    400,
    'This emergency copy is cut: its end is missing. Copy the whole file again; nothing was changed.',
  ],
  'rescue-damaged': [
    400,
    'This emergency copy is damaged: it is not as the laptop wrote it. Copy the file again; nothing was changed.',
  ],
  'rescue-key-missing': [
    409,
    'This was sealed to a recovery key that is not here: it comes from another site, or the key was moved. Name the key with --key; nothing was changed.',
  ],
  'rescue-not-ours': [
    404,
    'This is the work of an account that this site does not have. Look for the site it was made at; nothing was changed.',
  ],
  'rescue-no-key': [
    409,
    'The laptop’s own key is not in this emergency copy, so its bytes cannot be opened. Keep the file, and leave the laptop as it is.',
  ],
  'audit-broken': [
    500,
    'The audit trail does not hold. Keep this database as it is and compare it with a backup.',
  ],
  interrupted: [500, 'Stopped before it was done. Nothing was changed; run it again when you like.'],
  'port-in-use': [
    500,
    'The port is in use by another program. Choose another with --port, or stop that program.',
  ],
  'config-invalid': [500, 'The configuration is not valid; every problem is listed below.'],
} as const satisfies Record<string, readonly [status: number, sentence: string]>;

export type ErrorCode = keyof typeof errorTable;

/** A failure with a stable code; `message` is the sentence for the user, `details` says where and what. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: unknown;
  constructor(code: ErrorCode, options: { message?: string; details?: unknown; cause?: unknown } = {}) {
    super(options.message ?? errorTable[code][1], { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.details = options.details;
  }
  get status(): number {
    return errorTable[this.code][0];
  }
}
