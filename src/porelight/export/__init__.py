"""Results for other programs, and read back: JSON, CSV, xarray, calendars, FHIR."""
