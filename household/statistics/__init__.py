"""Statistics (统计): what is counted by region, programme, cause and month, each measure defined as data."""
