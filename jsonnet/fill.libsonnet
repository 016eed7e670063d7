// Fills a template, by the same rules as dashboards/token.ts:
// - a text that is one token, @{name}, becomes its value, of whatever type; in any other text, and in keys, a token becomes
//   its value as text, through the filters behind its name: @{name|url};
// - a text with a token whose value is null is left out of its object or list, and so is an object of which nothing is left
//   by that;
// - "@if": ["name"] leaves an object out of its list, "@entries": "name" adds the entries of a token's object.
local unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()";

local percent(byte) =
  local digits = '0123456789ABCDEF';
  '%' + digits[std.floor(byte / 16)] + digits[byte % 16];

local filters = {
  more(text):: if text == '' then '' else ', ' + text,
  braced(text):: if text == '' then '' else '{' + text + '}',
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

local textOf(path, value) =
  if std.isString(value) then value
  else if std.isNumber(value) then std.toString(value)
  else error path + ' is put into a text, and is neither text nor number';

// What is behind each @{ of a text: the token, and the text up to the next one. Tokens have no braces.
local tokensOf(text, values) = [
  local token = std.splitLimit(part, '}', 1);
  local how = std.split(token[0], '|');
  { name: how[0], filters: how[1:], value: valueOf(how[0], values), after: token[1] }
  for part in std.split(text, '@{')[1:]
];

local filledToken(token) =
  std.foldl(
    function(value, filter) filters[filter](value),
    token.filters,
    textOf(token.name, token.value),
  ) + token.after;

local filledText(text, values) =
  local tokens = tokensOf(text, values);
  local before = std.split(text, '@{')[0];
  local isOne = std.length(tokens) == 1 && before == '' && tokens[0].after == '' && tokens[0].filters == [];
  if std.length([token for token in tokens if token.value == null]) > 0 then null
  else if isOne then tokens[0].value
  else before + std.join('', [filledToken(token) for token in tokens]);

local isWanted(element, values) =
  if std.isObject(element) && std.objectHas(element, '@if') then
    std.all([
      local value = valueOf(name, values);
      value != null && value != false && value != ''
      for name in element['@if']
    ])
  else true;

local fill(template, values) =
  if std.isString(template) then filledText(template, values)
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
