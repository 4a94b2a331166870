import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { projectRoot } from '../paths.ts';
import { closeDialog, goTo, type Stop } from './stop.ts';

const settle = (page: Page) => page.waitForTimeout(600);

const at = (name: string, path: string): Stop => ({
  name,
  go: async ({ page, shoot }) => {
    await goTo(page, path);
    await settle(page);
    await shoot(name);
  },
});

/** A study's home, its guidelines' editor and what it does with known answers. */
const study: Stop = {
  name: 'study',
  go: async ({ page, shoot, site }) => {
    await goTo(page, `/studies/${site.studyId}`);
    await page.getByRole('button', { name: 'New version' }).waitFor();
    await shoot('study', { contrast: true });
    await page.getByRole('heading', { name: 'Known answers' }).scrollIntoViewIfNeeded();
    await page.getByRole('checkbox', { name: /^Work opens after/ }).click();
    await page
      .getByRole('heading', { name: 'Known answers' })
      .evaluate((heading) => heading.scrollIntoView());
    await shoot('study-known-answers');
    await page.getByRole('button', { name: 'New version' }).click();
    await page.getByRole('dialog').waitFor();
    await page.getByLabel('Text, in Markdown').press('Control+Home');
    await page.keyboard.type('Read the chart first.\n\n');
    await shoot('study-guidelines-editor');
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  },
};

const newStudy: Stop = {
  name: 'new-study',
  go: async ({ page, shoot }) => {
    await goTo(page, '/studies');
    await page.getByRole('button', { name: 'New study' }).first().click();
    await page.getByRole('dialog').waitFor();
    await shoot('new-study');
    await closeDialog(page);
  },
};

const importing: Stop = {
  name: 'import',
  go: async ({ page, shoot, site }) => {
    await goTo(page, `/studies/${site.studyId}/import`);
    await settle(page);
    await shoot('import');
    await page
      .getByLabel('File to import')
      .setInputFiles(join(projectRoot, 'server/demo/cases/cardiology.jsonl'));
    await settle(page);
    await shoot('import-file');
    await page.getByRole('button', { name: 'Check first' }).click();
    await page.getByText('Checked, nothing imported yet').waitFor();
    await shoot('import-checked');
  },
};

const newBatch: Stop = {
  name: 'new-batch',
  go: async ({ page, shoot, site }) => {
    await goTo(page, `/studies/${site.studyId}/new-batch`);
    await settle(page);
    await shoot('new-batch');
    await page.getByRole('radio', { name: 'Practice' }).click();
    await shoot('new-batch-practice');
  },
};

const batch: Stop = {
  name: 'batch',
  go: async ({ page, shoot, site }) => {
    await goTo(page, `/batches/${site.work}`);
    await settle(page);
    await shoot('batch', { contrast: true });
    await page.getByRole('button', { name: 'Lock batch' }).click();
    await page.getByRole('dialog').waitFor();
    await shoot('batch-lock');
    await closeDialog(page);
    await goTo(page, `/batches/${site.practice}`);
    await settle(page);
    await shoot('batch-practice');
  },
};

const people: Stop = {
  name: 'people',
  go: async ({ page, shoot }) => {
    await goTo(page, '/people');
    await settle(page);
    await shoot('people');
    await page
      .getByRole('button', { name: /^Invite/ })
      .first()
      .click();
    await page.getByRole('dialog').waitFor();
    await shoot('people-invite');
    await closeDialog(page);
  },
};

/** A batch as it arrived, one comparison of it, and giving an annotation back. */
const review: Stop = {
  name: 'review',
  go: async ({ page, shoot, site }) => {
    await goTo(page, '/review');
    await settle(page);
    await shoot('review');
    await goTo(page, `/review/${site.work}`);
    await page.getByRole('table', { name: 'Raw agreement' }).waitFor();
    await shoot('review-batch');
    const link = page.getByRole('link', { name: /Uptitrating/ });
    await goTo(page, (await link.getAttribute('href')) ?? '');
    await page.getByText('Rater 1').first().waitFor();
    await settle(page);
    await shoot('review-comparison', { contrast: true });
    await page
      .getByText('Rater 2')
      .last()
      .evaluate((name) => name.scrollIntoView({ block: 'center' }));
    await shoot('review-raters');
    await page
      .getByRole('button', { name: /^Return/ })
      .last()
      .click();
    await page.getByRole('dialog').waitFor();
    await shoot('review-return');
    await closeDialog(page);
  },
};

/** Whose laptops hold work, and what an order would do. */
const laptops: Stop = {
  name: 'laptops',
  go: async ({ page, shoot, site }) => {
    const physician = site.accounts.find(({ role }) => role === 'physician');
    await goTo(page, '/people');
    await page.getByRole('button', { name: `Laptops and sessions of ${physician?.name}` }).click();
    await page.getByText('Open sessions').waitFor();
    await shoot('people-laptops', { contrast: true });
    await page.getByRole('button', { name: 'Wipe' }).first().click();
    await page.getByRole('button', { name: 'Wipe it' }).waitFor();
    await shoot('people-wipe');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await closeDialog(page);
  },
};

export const administratorStops: Stop[] = [laptops];
export const leadStops: Stop[] = [
  at('studies', '/studies'),
  newStudy,
  study,
  importing,
  newBatch,
  batch,
  people,
];
export const reviewerStops: Stop[] = [review];
