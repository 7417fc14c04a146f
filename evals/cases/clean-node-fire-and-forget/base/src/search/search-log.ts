export interface SearchLogEntry {
  readonly userId: string;
  readonly text: string;
  readonly hits: number;
}

export interface SearchLog {
  insert(entry: SearchLogEntry): Promise<void>;
}
