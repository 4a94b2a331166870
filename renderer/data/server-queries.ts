import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { batchProgress, listBatches } from '../../shared/contract/batches.ts';
import { listDevices, listMyDevices } from '../../shared/contract/devices.ts';
import { readBatchReview, readComparisonReview } from '../../shared/contract/reviews.ts';
import { listStudies, readStudy } from '../../shared/contract/studies.ts';
import { listPeople } from '../../shared/contract/users.ts';
import { AppError } from '../../shared/errors.ts';
import type { Role } from '../../shared/permissions.ts';
import type { BatchId, ComparisonId, StudyId, UserId } from '../../shared/schema/ids.ts';
import { callServer } from './server-call.ts';

/**
 * What leads and reviewers read from the server, each with its cache key. Keys begin with the noun, so that
 * a change invalidates by noun: `queryClient.invalidateQueries({ queryKey: ['batches'] })`.
 */
export const studiesQuery = queryOptions({
  queryKey: ['studies'],
  queryFn: async () => (await callServer(listStudies, {})).studies,
});

export const studyQuery = (studyId: StudyId) =>
  queryOptions({
    queryKey: ['studies', studyId],
    queryFn: async () => (await callServer(readStudy, { params: { studyId } })).study,
  });

export const batchesQuery = (studyId: StudyId) =>
  queryOptions({
    queryKey: ['batches', 'of-study', studyId],
    queryFn: async () => (await callServer(listBatches, { params: { studyId } })).batches,
  });

export const progressQuery = (batchId: BatchId) =>
  queryOptions({
    queryKey: ['batches', 'progress', batchId],
    queryFn: () => callServer(batchProgress, { params: { batchId } }),
  });

export const peopleQuery = (role?: Role) =>
  queryOptions({
    queryKey: ['people', role ?? 'all'],
    queryFn: async () => (await callServer(listPeople, { query: role ? { role } : {} })).people,
  });

export const devicesOfQuery = (userId: UserId) =>
  queryOptions({
    queryKey: ['devices', userId],
    queryFn: async () => {
      const { people } = await callServer(listDevices, { query: { userId } });
      const person = people[0];
      if (!person) throw new AppError('not-found');
      return person;
    },
  });

export const myDevicesQuery = queryOptions({
  queryKey: ['devices', 'mine'],
  queryFn: async () => (await callServer(listMyDevices, {})).person,
});

export type ReviewFilter = 'all' | 'arrived' | 'flagged';

export const batchReviewQuery = (batchId: BatchId, only: ReviewFilter) =>
  infiniteQueryOptions({
    queryKey: ['reviews', batchId, 'list', only],
    queryFn: ({ pageParam }) =>
      callServer(readBatchReview, { params: { batchId }, query: { after: pageParam, only } }),
    initialPageParam: -1,
    getNextPageParam: (page) => page.next,
  });

export const comparisonReviewQuery = (batchId: BatchId, comparisonId: ComparisonId) =>
  queryOptions({
    queryKey: ['reviews', batchId, comparisonId],
    queryFn: () => callServer(readComparisonReview, { params: { batchId, comparisonId } }),
  });
