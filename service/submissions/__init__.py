"""What comes in by API or workbook: applications and objections, checked row by row, landed in the inbox."""
