const GiB = 1024 ** 3;

/**
 * Bytes that a first run on one of Debian's lines fetches, unpacks and keeps: 1.5 GiB for 6.1, and something to spare.
 * A source that is built whole is asked room for when it is laid out, and when it is built.
 */
export const roomForFirstRun = 2 * GiB;

/** Bytes that a later run may need: a kept machine for each of two kernels, of 0.4 GiB each. */
export const roomForLaterRun = GiB;
