import { Asking } from './asking.js';

export default function Page() {
  return <Asking />;
}
