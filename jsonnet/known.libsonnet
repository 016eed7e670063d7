// Refuses what a configuration has and its defaults have not: a key that is misspelt would change nothing, and say nothing.

local unknown(value, defaults) = [key for key in std.objectFields(value) if !std.objectHas(defaults, key)];

local oneOf(names) = 'it can be ' + std.join(', ', names);

// Sections that are open: any label is one.
local open = ['labels'];

local known(place, value, defaults) =
  local strangers = unknown(value, defaults);
  if std.length(strangers) > 0 then
    error '%s: %s is not known; %s' % [place, std.join(', ', strangers), oneOf(std.objectFields(defaults))]
  else
    std.all([
      known('%s.%s' % [place, key], value[key], defaults[key])
      for key in std.objectFields(defaults)
      if std.isObject(defaults[key]) && !std.member(open, key)
    ]);

known
