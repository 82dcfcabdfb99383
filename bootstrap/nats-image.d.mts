export const officialNatsImage: string;
