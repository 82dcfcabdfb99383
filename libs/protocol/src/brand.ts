/** A nominal type: `Brand<string, 'UserId'>` is a string that only `UserId`'s parser hands out. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
declare const brand: unique symbol;
