import type { FastifyInstance } from 'fastify';
import * as contract from '../../shared/contract/reviews.ts';
import { type RouteDeps, route } from '../http/route.ts';
import { readBatchReview, readComparisonReview, returnAnnotation } from './domain.ts';

export function registerReviews(app: FastifyInstance, deps: RouteDeps): void {
  route(app, deps, contract.readBatchReview, async (context, { params, query }) =>
    readBatchReview(context, { ...params, ...query }),
  );
  route(app, deps, contract.readComparisonReview, async (context, { params }) =>
    readComparisonReview(context, params),
  );
  route(app, deps, contract.returnAnnotation, async (context, { params, body }) =>
    returnAnnotation(context, { ...params, ...body }),
  );
}
