// Fills a template, by the same rules as dashboards/token.ts:
// - a text that is one token, @{name}, becomes its value; where that is null the entry or element is left out, and so is
//   an object of which nothing is left by that;
// - in any other text, and in keys, a token becomes its value as text, through the filters behind its name: @{name|url};
// - "@if": "name" leaves an object out of its list, "@entries": "name" adds the entries of a token's object.
local unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()";

local percent(byte) =
  local digits = '0123456789ABCDEF';
  '%' + digits[std.floor(byte / 16)] + digits[byte % 16];

local filters = {
  more(text):: if text == '' then '' else ', ' + text,
  dashed(text):: std.strReplace(text, '/', '-'),
  json(text)::
    local quoted = std.escapeStringJson(text);
    quoted[1:std.length(quoted) - 1],
  url(text):: std.join('', [
    local character = std.char(byte);
    if byte < 128 && std.member(unreserved, character) then character else percent(byte)
    for byte in std.encodeUTF8(text)
  ]),
};

local valueOf(path, values) =
  std.foldl(
    function(value, key)
      if std.isObject(value) && std.objectHasAll(value, key) then value[key]
      else error 'nothing is given for the token ' + path,
    std.split(path, '.'),
    values,
  );

local textOf(path, values) =
  local value = valueOf(path, values);
  if std.isString(value) then value
  else if std.isNumber(value) then std.toString(value)
  else error path + ' is put into a text, and is neither text nor number';

// Token names have no braces, so that what stands before the first } is one.
local filledText(text, values) =
  local parts = std.split(text, '@{');
  local replaced(part) =
    local token = std.splitLimit(part, '}', 1);
    local how = std.split(token[0], '|');
    std.foldl(
      function(value, filter) filters[filter](value),
      how[1:],
      textOf(how[0], values),
    ) + token[1];
  parts[0] + std.join('', [replaced(part) for part in parts[1:]]);

local isToken(text) =
  std.startsWith(text, '@{') && std.endsWith(text, '}') && !std.member(text, '|') &&
  std.length(std.findSubstr('}', text)) == 1;

local isWanted(element, values) =
  if std.isObject(element) && std.objectHas(element, '@if') then
    local value = valueOf(element['@if'], values);
    value != null && value != false && value != ''
  else true;

local fill(template, values) =
  if std.isString(template) then
    if isToken(template) then valueOf(template[2:std.length(template) - 1], values)
    else filledText(template, values)
  else if std.isArray(template) then
    local made = [fill(element, values) for element in template if isWanted(element, values)];
    [element for element in made if element != null]
  else if std.isObject(template) then
    local keys = [key for key in std.objectFields(template) if key != '@if' && key != '@entries'];
    local made = { [key]: fill(template[key], values) for key in keys };
    local filled = {
      // What the template itself has as null stays.
      [filledText(key, values)]: made[key]
      for key in keys
      if made[key] != null || template[key] == null
    } + (if std.objectHas(template, '@entries') then valueOf(template['@entries'], values) else {});
    if std.length(filled) == 0 && std.length(template) > 0 then null else filled
  else template;

fill
