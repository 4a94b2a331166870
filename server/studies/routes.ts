import type { FastifyInstance } from 'fastify';
import * as contract from '../../shared/contract/studies.ts';
import { type RouteDeps, route } from '../http/route.ts';
import {
  changeSettings,
  createStudy,
  listStudies,
  publishGuidelines,
  publishRubric,
  readGuidelines,
  readStudy,
} from './domain.ts';

export function registerStudies(app: FastifyInstance, deps: RouteDeps): void {
  route(app, deps, contract.listStudies, async (context) => ({ studies: await listStudies(context) }));
  route(app, deps, contract.createStudy, async (context, { body }) => ({
    study: await createStudy(context, body),
  }));
  route(app, deps, contract.readStudy, async (context, { params }) => ({
    study: await readStudy(context, params.studyId),
  }));
  route(app, deps, contract.changeStudySettings, async (context, { params, body }) => ({
    study: await changeSettings(context, params.studyId, body),
  }));
  route(app, deps, contract.readGuidelines, async (context, { params }) => ({
    guidelines: await readGuidelines(context, params.studyId),
  }));
  route(app, deps, contract.publishGuidelines, async (context, { params, body }) =>
    publishGuidelines(context, params.studyId, body.markdown),
  );
  route(app, deps, contract.publishRubric, async (context, { params, body }) =>
    publishRubric(context, params.studyId, body),
  );
}
