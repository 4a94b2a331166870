import { useEffect, useState } from 'react';
import type { AnnotationTime } from '../../../shared/schema/annotation.ts';
import type { AnnotateSession } from './annotate-session.ts';
import type { OpenCase } from './annotate-store.ts';
import { paceStepMs } from './time-words.ts';

/** The time on a case, read now and every few seconds; null when there is no case. */
export function useCaseTime(session: AnnotateSession, one: OpenCase | null): AnnotationTime | null {
  const [read, setRead] = useState<{ of: OpenCase; time: AnnotationTime } | null>(null);
  useEffect(() => {
    if (!one) return;
    const refresh = () => setRead({ of: one, time: one.clock.read(session.now()) });
    // A case just shown first has to be painted.
    const first = setTimeout(refresh);
    const timer = setInterval(refresh, paceStepMs);
    return () => {
      clearTimeout(first);
      clearInterval(timer);
    };
  }, [session, one]);
  return one !== null && read?.of === one ? read.time : null;
}
