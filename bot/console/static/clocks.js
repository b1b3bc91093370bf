// The clocks of the law, by the day. Pure.
// Receipt notice: within 3 working days (TTLT 01/2017, art. 14). Settling a tố giác: 20 days, in all up to 2 months
// for a complex case (BLTTHS, art. 147). Which days are off comes from the server; the page says what may differ.

const DAY = 24 * 60 * 60 * 1000;
const NOTICE = 3;
const SETTLE = 20;
const COMPLEX_MONTHS = 2;

const at = (iso) => new Date(`${iso}T00:00:00Z`);
const iso = (date) => date.toISOString().slice(0, 10);

export function plusDays(day, count) {
  return iso(new Date(at(day).getTime() + count * DAY));
}

// `days`: {off, worked}: public holidays, and weekend days that are worked for them
export function plusWorkingDays(day, count, { off, worked }) {
  const isWorked = (date) => worked.includes(iso(date)) || (date.getUTCDay() % 6 !== 0 && !off.includes(iso(date)));
  let date = at(day);
  while (count > 0) {
    date = new Date(date.getTime() + DAY);
    if (isWorked(date)) count -= 1;
  }
  return iso(date);
}

// the same day of a later month, or that month's last
export function plusMonths(day, count) {
  const date = at(day);
  const wanted = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + count, 1));
  const last = new Date(Date.UTC(wanted.getUTCFullYear(), wanted.getUTCMonth() + 1, 0)).getUTCDate();
  wanted.setUTCDate(Math.min(date.getUTCDate(), last));
  return iso(wanted);
}

export const daysBetween = (from, to) => Math.round((at(to) - at(from)) / DAY);

// [{name, due, left}], the nearest first: only what the law sets for the case's class and what is not done yet
export function clocksOf({ day, card, state }, today, days) {
  if (state === "closed" || card.class !== "to_giac") return [];
  const due = [];
  if (!card.noticed) due.push({ name: "notice", due: plusWorkingDays(day, NOTICE, days) });
  const settle = card.extended ? plusMonths(day, COMPLEX_MONTHS) : plusDays(day, SETTLE);
  due.push({ name: card.extended ? "extended" : "settle", due: settle });
  return due.map((each) => ({ ...each, left: daysBetween(today, each.due) }));
}
