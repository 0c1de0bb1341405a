/** Name of the application, for people. */
export const TITLE = {{ cookiecutter.project_name | quoted }};
