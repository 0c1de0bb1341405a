/** Writes values for people. Quantities are text from end to end: a number would lose digits. */

/** Group the digits of a decimal string: `-1234567.50` becomes `-1,234,567.50`. */
export function decimal(text: string): string {
  const [whole = "", fraction] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** Write a point in time to the minute, in UTC; what is no time is shown as it is. */
export function moment(text: string): string {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? text : `${time.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
