import { expect, test } from 'vitest';
import { ipcChannels, ipcEvents } from './ipc.ts';
import { ipcChannelNames, ipcEventNames } from './ipc-names.ts';

test('the plain list of channels names every channel of the contract once', () => {
  expect([...ipcChannelNames].sort()).toEqual(Object.keys(ipcChannels).sort());
});

test('the plain list of events names every event of the contract once', () => {
  expect([...ipcEventNames].sort()).toEqual(Object.keys(ipcEvents).sort());
});
