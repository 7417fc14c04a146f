export interface SearchIndex {
  find(text: string, limit: number): Promise<string[]>;
}
