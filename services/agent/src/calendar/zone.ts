/** An IANA zone and the words by which it was meant. */
export interface Zone {
  readonly id: string;
  /** `Tokyo`, `New York`, `UTC`. */
  readonly label: string;
}

/** Cities, countries and abbreviations that the IANA names do not tell. Lower case; values are IANA ids. */
const ALIASES: Readonly<Record<string, string>> = {
  utc: 'UTC',
  gmt: 'UTC',
  zulu: 'UTC',
  z: 'UTC',
  cet: 'Europe/Berlin',
  cest: 'Europe/Berlin',
  eet: 'Europe/Helsinki',
  wet: 'Europe/Lisbon',
  bst: 'Europe/London',
  msk: 'Europe/Moscow',
  est: 'America/New_York',
  edt: 'America/New_York',
  et: 'America/New_York',
  cst: 'America/Chicago',
  cdt: 'America/Chicago',
  mst: 'America/Denver',
  mdt: 'America/Denver',
  pst: 'America/Los_Angeles',
  pdt: 'America/Los_Angeles',
  pt: 'America/Los_Angeles',
  ist: 'Asia/Kolkata',
  jst: 'Asia/Tokyo',
  kst: 'Asia/Seoul',
  aest: 'Australia/Sydney',
  aedt: 'Australia/Sydney',
  nzst: 'Pacific/Auckland',
  nyc: 'America/New_York',
  la: 'America/Los_Angeles',
  sf: 'America/Los_Angeles',
  'san francisco': 'America/Los_Angeles',
  seattle: 'America/Los_Angeles',
  'san diego': 'America/Los_Angeles',
  'las vegas': 'America/Los_Angeles',
  portland: 'America/Los_Angeles',
  boston: 'America/New_York',
  washington: 'America/New_York',
  'washington dc': 'America/New_York',
  miami: 'America/New_York',
  atlanta: 'America/New_York',
  philadelphia: 'America/New_York',
  houston: 'America/Chicago',
  dallas: 'America/Chicago',
  austin: 'America/Chicago',
  montreal: 'America/Toronto',
  ottawa: 'America/Toronto',
  calgary: 'America/Edmonton',
  'rio de janeiro': 'America/Sao_Paulo',
  rio: 'America/Sao_Paulo',
  brasilia: 'America/Sao_Paulo',
  brazil: 'America/Sao_Paulo',
  'mexico city': 'America/Mexico_City',
  mexico: 'America/Mexico_City',
  'buenos aires': 'America/Argentina/Buenos_Aires',
  argentina: 'America/Argentina/Buenos_Aires',
  uk: 'Europe/London',
  england: 'Europe/London',
  'great britain': 'Europe/London',
  edinburgh: 'Europe/London',
  manchester: 'Europe/London',
  germany: 'Europe/Berlin',
  munich: 'Europe/Berlin',
  hamburg: 'Europe/Berlin',
  frankfurt: 'Europe/Berlin',
  cologne: 'Europe/Berlin',
  france: 'Europe/Paris',
  lyon: 'Europe/Paris',
  spain: 'Europe/Madrid',
  barcelona: 'Europe/Madrid',
  italy: 'Europe/Rome',
  milan: 'Europe/Rome',
  switzerland: 'Europe/Zurich',
  geneva: 'Europe/Zurich',
  bern: 'Europe/Zurich',
  zürich: 'Europe/Zurich',
  austria: 'Europe/Vienna',
  netherlands: 'Europe/Amsterdam',
  belgium: 'Europe/Brussels',
  portugal: 'Europe/Lisbon',
  ireland: 'Europe/Dublin',
  greece: 'Europe/Athens',
  poland: 'Europe/Warsaw',
  sweden: 'Europe/Stockholm',
  norway: 'Europe/Oslo',
  denmark: 'Europe/Copenhagen',
  finland: 'Europe/Helsinki',
  ukraine: 'Europe/Kyiv',
  kyiv: 'Europe/Kyiv',
  turkey: 'Europe/Istanbul',
  ankara: 'Europe/Istanbul',
  egypt: 'Africa/Cairo',
  nigeria: 'Africa/Lagos',
  kenya: 'Africa/Nairobi',
  'south africa': 'Africa/Johannesburg',
  'cape town': 'Africa/Johannesburg',
  israel: 'Asia/Jerusalem',
  'tel aviv': 'Asia/Jerusalem',
  'abu dhabi': 'Asia/Dubai',
  uae: 'Asia/Dubai',
  'saudi arabia': 'Asia/Riyadh',
  india: 'Asia/Kolkata',
  mumbai: 'Asia/Kolkata',
  delhi: 'Asia/Kolkata',
  'new delhi': 'Asia/Kolkata',
  bangalore: 'Asia/Kolkata',
  kolkata: 'Asia/Kolkata',
  nepal: 'Asia/Kathmandu',
  kathmandu: 'Asia/Kathmandu',
  pakistan: 'Asia/Karachi',
  china: 'Asia/Shanghai',
  beijing: 'Asia/Shanghai',
  shenzhen: 'Asia/Shanghai',
  japan: 'Asia/Tokyo',
  osaka: 'Asia/Tokyo',
  kyoto: 'Asia/Tokyo',
  korea: 'Asia/Seoul',
  vietnam: 'Asia/Ho_Chi_Minh',
  hanoi: 'Asia/Ho_Chi_Minh',
  'ho chi minh city': 'Asia/Ho_Chi_Minh',
  thailand: 'Asia/Bangkok',
  indonesia: 'Asia/Jakarta',
  philippines: 'Asia/Manila',
  taiwan: 'Asia/Taipei',
  canberra: 'Australia/Sydney',
  'new zealand': 'Pacific/Auckland',
  wellington: 'Pacific/Auckland',
  hawaii: 'Pacific/Honolulu',
};

const CAPITALS = new Set(['uk', 'uae', 'nyc', 'la', 'sf']);
const byCity = citiesOfZones();

/** Reads a zone: an IANA id, a city, a country, an abbreviation, or an offset such as `UTC+5:30`. */
export function parseZone(text: string): Zone | undefined {
  const words = text
    .trim()
    .replace(/^the /i, '')
    .replace(/[._]/g, (sign) => (sign === '_' ? ' ' : ''))
    .replace(/\s+/g, ' ');
  const key = words.toLowerCase();
  const offset = /^(?:utc|gmt)\s?([+-])\s?([0-9]{1,2})(?::?([0-9]{2}))?$/i.exec(words);
  if (offset) return offsetZone(offset[1] ?? '+', Number(offset[2]), Number(offset[3] ?? 0));
  const id = Object.hasOwn(ALIASES, key) ? ALIASES[key] : byCity.get(key);
  if (id !== undefined) return { id, label: labelOf(key, id) };
  return key.includes('/') ? byId(words.replace(/ /g, '_')) : undefined;
}

function offsetZone(sign: string, hours: number, minutes: number): Zone | undefined {
  if (hours > 14 || minutes > 59) return undefined;
  const id = `${sign}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
  return { id, label: `UTC${id}` };
}

function byId(id: string): Zone | undefined {
  try {
    const known = new Intl.DateTimeFormat('en', { timeZone: id }).resolvedOptions().timeZone;
    return { id: known, label: (known.split('/').at(-1) ?? known).replace(/_/g, ' ') };
  } catch {
    return undefined;
  }
}

function labelOf(key: string, id: string): string {
  if (id === 'UTC') return 'UTC';
  if (CAPITALS.has(key) || (key.length <= 4 && key.endsWith('t'))) return key.toUpperCase();
  return key.replace(
    /(^|[ -])(\p{L})/gu,
    (_, before: string, letter: string) => before + letter.toUpperCase(),
  );
}

function citiesOfZones(): ReadonlyMap<string, string> {
  const cities = new Map<string, string>();
  for (const id of Intl.supportedValuesOf('timeZone')) {
    const city = id.split('/').at(-1);
    if (id.includes('/') && city !== undefined) cities.set(city.replace(/_/g, ' ').toLowerCase(), id);
  }
  return cities;
}
