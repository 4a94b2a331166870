import type { FastifyInstance } from 'fastify';
import * as contract from '../../shared/contract/batches.ts';
import { type RouteDeps, route } from '../http/route.ts';
import { assignBatch, batchProgress, createBatch, listBatches, lockBatch } from './domain.ts';
import { recallAssignments } from './recall.ts';

export function registerBatches(app: FastifyInstance, deps: RouteDeps): void {
  route(app, deps, contract.listBatches, async (context, { params }) => ({
    batches: await listBatches(context, params.studyId),
  }));
  route(app, deps, contract.createBatch, async (context, { params, body }) => ({
    batch: await createBatch(context, { ...body, studyId: params.studyId }),
  }));
  route(app, deps, contract.assignBatch, async (context, { params, body }) =>
    assignBatch(context, { batchId: params.batchId, physicianIds: body.physicianIds }),
  );
  route(app, deps, contract.batchProgress, async (context, { params }) =>
    batchProgress(context, params.batchId),
  );
  route(app, deps, contract.recallAssignments, async (context, { params, body }) =>
    recallAssignments(context, { ...body, batchId: params.batchId }),
  );
  route(app, deps, contract.lockBatch, async (context, { params, body }) => ({
    batch: await lockBatch(context, { batchId: params.batchId, locked: body.locked }),
  }));
}
