import { RequestError } from '@pinbench/host';

/** A mail's place in a series, from `[PATCH v3 2/5]`: version 3, the second of five. */
export type Place = { version: number; at: number; of: number };

type Mail = { subject: string; version: number; place: Place | undefined };

/** A subject without `[PATCH …]` and `Re:`. */
export const withoutTag = (subject: string): string =>
  subject.replace(/^(Re: )?(\[[^\]]*\]\s*)*/i, '').trim();

/** The place in a series that a subject names. */
export function placeIn(subject: string): Place | undefined {
  const [, at, of] = /^[^\]]*\[[^\]]*?\b(\d+)\/(\d+)\s*\]/.exec(subject) ?? [];
  if (at === undefined || of === undefined) return undefined;
  return { version: versionIn(subject), at: Number(at), of: Number(of) };
}

/** The version that a subject's tag names, `[PATCH v3]` or `[PATCHv3]`; the first is not counted. */
export function versionIn(subject: string): number {
  const [, tag = ''] = /^[^\]]*\[([^\]]*)\]/.exec(subject) ?? [];
  const [, version = '1'] = /(?:\b|PATCH)v(\d+)\b/i.exec(tag) ?? [];
  return Number(version);
}

/** A reviewer's answer may hold a diff, to say what is meant; it is not of the series. */
export const isReply = (subject: string): boolean => /^(re|aw|sv|antw): /i.test(subject);

/**
 * Of several versions of a series, or of one patch, the newest, as b4 takes it; a patch beside them that has no number
 * and no newer form is kept.
 */
export function newest<T extends Mail>(mails: readonly T[]): { kept: T[]; left: T[] } {
  const isOld = (mail: T): boolean =>
    mails.some(
      ({ version, place, subject }) =>
        version > mail.version &&
        (subject === mail.subject || (place !== undefined && mail.place !== undefined)),
    );
  return { kept: mails.filter((mail) => !isOld(mail)), left: mails.filter(isOld) };
}

/**
 * Sorts the patches of one series by their numbers, since an mbox has them as they came. Patches of which not all are
 * numbered, or several series one behind the other, are left in the order in which they stand.
 * @throws RequestError when a patch of the series is missing.
 */
export function inOrder<T extends Mail>(mails: readonly T[], file: string): T[] {
  const places = mails.flatMap(({ place }) => place ?? []);
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
