// Tests hold output against plain text, also where a CI asks every program for colour (CI, FORCE_COLOR).
delete process.env['FORCE_COLOR'];
process.env['NO_COLOR'] = '1';
