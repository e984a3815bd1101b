const GiB = 1024 ** 3;

/** Bytes that a first run fetches, unpacks and keeps: 1.5 GiB for Debian's 6.1, and something to spare. */
export const roomForFirstRun = 2 * GiB;

/** Bytes that a later run may need: one more kept machine, of 0.4 GiB. */
export const roomForLaterRun = GiB / 2;
