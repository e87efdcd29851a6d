"""What is asked, one topic per file: `requests(answers)` and `parse(answers)`, pure functions over plain records."""
