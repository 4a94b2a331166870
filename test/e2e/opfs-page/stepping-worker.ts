// The primitives first: the journal worker must find them patched.
import './step-primitives.ts';
import '../../../renderer/host/journal-worker.ts';
