import type {
  BatchValue,
  FeedbackValue,
  HeadValue,
  ProgressValue,
  Put,
  ReturnValue,
  RevisionValue,
  WorkLog,
} from './work-log.ts';

/** Puts decided so far, read back before the log, so that one decision can stand on the one before it. */
export class Changes {
  readonly log: WorkLog;
  readonly #puts = new Map<string, Put>();

  constructor(log: WorkLog) {
    this.log = log;
  }

  put(put: Put): void {
    this.#puts.set(`${put.type}|${put.key}`, put);
  }

  head(assignmentId: string): HeadValue | null {
    const put = this.#puts.get(`head|${assignmentId}`);
    return put?.type === 'head' ? put.value : this.log.head(assignmentId);
  }

  batch(batchId: string): BatchValue | null {
    const put = this.#puts.get(`batch|${batchId}`);
    return put?.type === 'batch' ? put.value : this.log.batch(batchId);
  }

  progress(key: string): ProgressValue {
    const put = this.#puts.get(`progress|${key}`);
    return put?.type === 'progress' ? put.value : this.log.progress(key);
  }

  revision(revisionId: string): RevisionValue | null {
    const put = this.#puts.get(`revision|${revisionId}`);
    return put?.type === 'revision' ? put.value : this.log.revision(revisionId);
  }

  returnOf(assignmentId: string): ReturnValue | null {
    const put = this.#puts.get(`return|${assignmentId}`);
    return put?.type === 'return' ? put.value : this.log.returnOf(assignmentId);
  }

  feedbackOn(assignmentId: string): FeedbackValue | null {
    const put = this.#puts.get(`feedback|${assignmentId}`);
    return put?.type === 'feedback' ? put.value : this.log.feedbackOn(assignmentId);
  }

  putHead(value: HeadValue): void {
    this.put({ type: 'head', key: value.assignmentId, value });
  }

  putProgress(key: string, value: ProgressValue): void {
    this.put({ type: 'progress', key, value });
  }

  puts(): Put[] {
    return [...this.#puts.values()];
  }
}
