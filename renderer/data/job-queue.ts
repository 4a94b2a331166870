/** Runs jobs one after the other, whatever became of the one before. */
export class JobQueue {
  #tail: Promise<unknown> = Promise.resolve();
  #jobs = 0;

  run<T>(job: () => Promise<T>): Promise<T> {
    // With none before it a job begins at once, so that a change is with the journal before the next frame.
    const isFree = this.#jobs === 0;
    this.#jobs += 1;
    const run = isFree ? job() : this.#tail.then(job, job);
    const done = () => {
      this.#jobs -= 1;
    };
    this.#tail = run.then(done, done);
    return run;
  }
}
