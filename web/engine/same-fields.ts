/** Whether two flat objects of one kind have the same fields. */
export function hasSameFields<Kind extends object>(one: Kind, other: Kind): boolean {
  return Object.entries(one).every(([name, value]) => other[name as keyof Kind] === value);
}
