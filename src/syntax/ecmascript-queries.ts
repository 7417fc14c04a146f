/** What is a scope in JavaScript and TypeScript, as tree-sitter queries; `queries.ts` says what the captures mean. */

/** Arrow functions and function expressions; classes have a body, too, and a pattern of their own that wins. */
const FUNCTION_VALUE = "(_ body: (_) @body)";

/**
 * A callback with a text as its first argument is known by that text: a test case, a route, an event. Others are
 * anonymous, and what encloses them says more.
 */
const JAVASCRIPT_SCOPES = `
(function_declaration name: (_) @name body: (_) @body) @function
(generator_function_declaration name: (_) @name body: (_) @body) @function
(method_definition name: (_) @name body: (_) @body) @function
(variable_declarator name: (identifier) @name value: ${FUNCTION_VALUE}) @function
(pair key: (_) @name value: ${FUNCTION_VALUE}) @function
(assignment_expression
  left: [(identifier) @name (member_expression property: (_) @name)]
  right: ${FUNCTION_VALUE}) @function
(call_expression arguments: (arguments . (string (string_fragment) @name) ${FUNCTION_VALUE})) @function
(class_declaration name: (_) @name body: (_) @body) @class
(variable_declarator name: (identifier) @name value: (class body: (_) @body)) @class
(program [
  (lexical_declaration (variable_declarator name: (identifier) @name) @constant)
  (variable_declaration (variable_declarator name: (identifier) @name) @constant)
  (export_statement declaration: (lexical_declaration (variable_declarator name: (identifier) @name) @constant))
])
(program (lexical_declaration (variable_declarator
  value: (call_expression function: (identifier) @_require) (#eq? @_require "require")) @import))
(import_statement) @import
(export_statement source: (_)) @import
(comment) @lead
(decorator) @lead
`;

export const JAVASCRIPT = `${JAVASCRIPT_SCOPES}
(field_definition property: (_) @name value: ${FUNCTION_VALUE}) @function
(field_definition property: (_) @name) @constant
`;

export const TYPESCRIPT = `${JAVASCRIPT_SCOPES}
(public_field_definition name: (_) @name value: ${FUNCTION_VALUE}) @function
(public_field_definition name: (_) @name) @constant
(function_signature name: (_) @name) @function
(abstract_method_signature name: (_) @name) @function
(abstract_class_declaration name: (_) @name body: (_) @body) @class
(interface_declaration name: (_) @name body: (_) @body) @type
(type_alias_declaration name: (_) @name) @type
(enum_declaration name: (_) @name body: (_) @body) @type
(internal_module name: (_) @name body: (_) @body) @module
(module name: (_) @name body: (_) @body) @module
`;
