export interface Workspace {
  readonly id: string;
  readonly name: string;
  readonly ownerEmail: string;
}

export interface WeekCounts {
  readonly created: number;
  readonly closed: number;
}

export interface WorkspaceStore {
  active(): AsyncIterable<Workspace>;
  countsOf(workspaceId: string, from: Date, to: Date): Promise<WeekCounts>;
}
