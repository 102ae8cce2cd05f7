"""The window: widgets over frozen snapshots; nothing here changes a job."""
