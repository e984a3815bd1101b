import { RequestError } from '@pinbench/host';

/** A mail's place in a series, from `[PATCH v3 2/5]`: version 3, the second of five. */
export type Place = { version: number; at: number; of: number };

type Mail = { subject: string; place: Place | undefined };

/** A subject without `[PATCH …]` and `Re:`. */
export const withoutTag = (subject: string): string =>
  subject.replace(/^(Re: )?(\[[^\]]*\]\s*)*/i, '').trim();

/** The place in a series that a subject names. */
export function placeIn(subject: string): Place | undefined {
  const [, tag = '', at, of] = /^[^\]]*\[([^\]]*?)\b(\d+)\/(\d+)\s*\]/.exec(subject) ?? [];
  if (at === undefined || of === undefined) return undefined;
  const [, version = '1'] = /(?:\b|PATCH)v(\d+)\b/i.exec(tag) ?? [];
  return { version: Number(version), at: Number(at), of: Number(of) };
}

/** A reviewer's answer may hold a diff, to say what is meant; it is not of the series. */
export const isReply = (subject: string): boolean => /^(re|aw|sv|antw): /i.test(subject);

/**
 * Sorts the patches of one series by their numbers, since an mbox has them as they came. Patches of which not all are
 * numbered, or several series one behind the other, are left in the order in which they stand.
 * @throws RequestError when a patch of the series is missing, or there is more than one version of it.
 */
export function inOrder<T extends Mail>(mails: readonly T[], file: string): T[] {
  const places = mails.flatMap(({ place }) => place ?? []);
  const versions = [...new Set(places.map(({ version }) => version))].sort((a, b) => a - b);
  if (versions.length > 1)
    throw new RequestError(
      `${file} holds several versions of a series: ${versions.map((each) => `v${each}`).join(', ')}`,
      { hint: 'give the mails of one version; b4 am keeps the newest' },
    );
  const of = places[0]?.of;
  const numbers = new Set(places.map(({ at }) => at));
  const isOneSeries =
    places.every((place) => place.of === of) &&
    places.length === mails.length &&
    numbers.size === mails.length;
  if (mails.length < 2 || of === undefined || !isOneSeries) return [...mails];
  const missing = Array.from({ length: of }, (_, index) => index + 1).filter(
    (at) => !numbers.has(at),
  );
  if (missing.length === 0)
    return mails.toSorted((a, b) => (a.place?.at ?? 0) - (b.place?.at ?? 0));
  throw new RequestError(
    `${file} is a series of ${of} patches, and ${missing.map((at) => `${at}/${of}`).join(', ')} is not in it`,
    { hint: 'give the whole series, or the patches you want one by one with --patch' },
  );
}
