import { damageStops } from './damage-tour.ts';
import { fullDisk } from './disk-tour.ts';
import { laptopStops } from './laptops-tour.ts';
import { letGo } from './let-go-tour.ts';
import { unusual } from './unusual-tour.ts';
import type { WardStop } from './ward.ts';

/** Hard days of a laptop. The last one moves the server's time. */
export const wardStops: readonly WardStop[] = [unusual, ...laptopStops, ...damageStops, fullDisk, letGo];
