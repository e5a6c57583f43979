"""A folder of photos: measured in parallel, resumable, as two Parquet tables."""
