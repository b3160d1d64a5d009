"""Workbooks of the batch page: opened with care, read, their damage named; the template; what was refused as a workbook back."""
