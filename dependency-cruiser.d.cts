import type { IConfiguration, ICruiseOptions } from "dependency-cruiser";
declare const config: IConfiguration & { readonly options: ICruiseOptions };
export = config;
