import { openJournals } from '../../electron/main/journal.ts';

// Appends numbered records for as long as it lives and says each number after its append has settled.
const [folder = '', first = '0'] = process.argv.slice(2);
const journals = openJournals(folder);
await journals.open('work');
for (let i = Number(first); ; i += 1) {
  await journals.append('work', [new TextEncoder().encode(`${i} ${'x'.repeat(i % 3000)}`)]);
  process.stdout.write(`${i}\n`);
}
